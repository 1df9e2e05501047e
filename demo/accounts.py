"""The demo's log-ins. They exist only where the demo app is installed; elsewhere the sign-in refuses them."""

PASSWORD = "trao-demo-2024"  # noqa: S105 - published on purpose, for made-up data only

IN_COMMUNES = [
    ("xa.muine", "Cán bộ phường Mũi Né"),
    ("xa.phuhai", "Cán bộ phường Phú Hài"),
    ("lanhdao.muine", "Lãnh đạo phường Mũi Né"),
    ("quantri", "Quản trị"),
]
LOGINS = [
    ("tinh", "Cán bộ tỉnh"),
    ("huyen.phanthiet", "Cán bộ thành phố Phan Thiết"),
    ("huyen.tuyphong", "Cán bộ huyện Tuy Phong"),
    *IN_COMMUNES,
]
LOGINS_OF_TWO_TIERS = [
    ("tinh", "Cán bộ tỉnh"),
    ("thamdinh", "Cán bộ thẩm định của tỉnh"),
    *(("xa.phuhai", "Cán bộ phường Phú Thủy (gồm Phú Hài cũ)") if name == "xa.phuhai" else (name, who)
      for name, who in IN_COMMUNES),
]  # fmt: skip
