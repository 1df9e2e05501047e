"""The demo's log-ins. They exist only where the demo app is installed; elsewhere the sign-in refuses them."""

PASSWORD = "trao-demo-2024"  # noqa: S105 - published on purpose, for made-up data only

LOGINS = [
    ("tinh", "Cán bộ tỉnh"),
    ("huyen.phanthiet", "Cán bộ thành phố Phan Thiết"),
    ("huyen.tuyphong", "Cán bộ huyện Tuy Phong"),
    ("xa.muine", "Cán bộ phường Mũi Né"),
    ("xa.phuhai", "Cán bộ phường Phú Hài"),
    ("lanhdao.muine", "Lãnh đạo phường Mũi Né"),
    ("quantri", "Quản trị"),
]
