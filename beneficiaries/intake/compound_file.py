"""The container of old Office files (OLE compound file, [MS-CFB]): names and bytes of its streams."""

import struct

from beneficiaries.intake.refusals import Refused

_END = 0xFFFFFFFA  # this and higher sector numbers are markers, not sectors


class CompoundFile:
    """`streams` maps a stream's name to (first sector, size). Raises Refused("damaged") on a broken chain."""

    def __init__(self, content: bytes) -> None:
        try:
            self._open(content)
        except (struct.error, IndexError, UnicodeDecodeError) as problem:
            raise Refused("damaged") from problem

    def _open(self, content: bytes) -> None:
        self._content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise Refused("damaged")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        (first_directory,) = struct.unpack_from("<I", content, 48)
        self._cutoff, first_mini_fat, _, first_difat, _ = struct.unpack_from("<IIIII", content, 56)
        self._fat = self._read_fat(first_difat)
        self._mini_fat = self._numbers(self._chain(first_mini_fat, self._fat))
        self.streams: dict[str, tuple[int, int]] = {}
        self._mini_stream = b""
        self._read_directory(self._join(self._chain(first_directory, self._fat)))

    def read(self, name: str) -> bytes:
        """The bytes of one stream."""
        start, size = self.streams[name]
        if size < self._cutoff:
            step = self._mini_size
            sectors = self._chain(start, self._mini_fat)
            return b"".join(self._mini_stream[number * step : (number + 1) * step] for number in sectors)[:size]
        return self._join(self._chain(start, self._fat))[:size]

    def _read_fat(self, first_difat: int) -> list[int]:
        sectors = [number for number in struct.unpack_from("<109I", self._content, 76) if number < _END]
        seen = 0
        while first_difat < _END:
            numbers = self._numbers([first_difat])
            sectors += [number for number in numbers[:-1] if number < _END]
            first_difat = numbers[-1]
            seen += 1
            if seen * self._size > len(self._content):
                raise Refused("damaged")
        return self._numbers(sectors)

    def _read_directory(self, directory: bytes) -> None:
        for offset in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, offset + 64)
            if not 2 <= length <= 64 or kind not in (2, 5):
                continue
            name = directory[offset : offset + length - 2].decode("utf-16-le")
            start, size = struct.unpack_from("<II", directory, offset + 116)
            if kind == 5:
                self._mini_stream = self._join(self._chain(start, self._fat))[:size]
            else:
                self.streams.setdefault(name, (start, size))

    def _sector(self, number: int) -> bytes:
        offset = (number + 1) * self._size
        return self._content[offset : offset + self._size]

    def _join(self, sectors: list[int]) -> bytes:
        return b"".join(map(self._sector, sectors))

    def _numbers(self, sectors: list[int]) -> list[int]:
        data = self._join(sectors)
        return list(struct.unpack(f"<{len(data) // 4}I", data[: len(data) // 4 * 4]))

    def _chain(self, number: int, fat: list[int]) -> list[int]:
        chain: list[int] = []
        while number < _END:
            chain.append(number)
            if len(chain) > len(fat):
                raise Refused("damaged")
            number = fat[number]
        return chain
