"""Is this word a possible Vietnamese syllable? The evidence that tells right letters from wrongly coded ones."""

import re
import unicodedata
from functools import lru_cache

_ONSETS = "b|ch|c|d|đ|gh|gi|g|h|kh|k|l|m|ngh|ng|nh|n|ph|p|qu|q|r|s|th|tr|t|v|x|"
_RIMES = """
a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây e ec em en eng eo ep
et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iê iêc iêm iên iêng iêp iêt iêu o oa oac oach oai oam
oan oang oanh oao oap oat oay oă oăc oăm oăn oăng oăt oe oen oeo oet oi oc om on ong op ot ooc oong ô ôc ôi ôm
ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uâ uân uâng uât uây uê uêch uên uênh uêu uô uôc uôi
uôm uôn uông uôt uơ uy uya uych uyn uynh uyp uyt uyu uyê uyên uyêt ư ưa ưc ưi ưm ưn ưng ưt ưu ươ ươc ươi ươm
ươn ương ươp ươt ươu y yê yêm yên yêng yêt yêu êng ue
"""
_SYLLABLE = re.compile(f"(?:{_ONSETS})(?:{'|'.join(sorted(_RIMES.split(), key=len, reverse=True))})")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}


@lru_cache(maxsize=65_536)
def is_syllable(word: str) -> bool:
    """Whether a word could be Vietnamese: a known onset and rime, at most one tone."""
    decomposed = unicodedata.normalize("NFD", word.lower())
    toneless = "".join(letter for letter in decomposed if letter not in _TONES)
    if len(decomposed) - len(toneless) > 1:
        return False
    return bool(_SYLLABLE.fullmatch(unicodedata.normalize("NFC", toneless)))
