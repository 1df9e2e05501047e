"""The demo's log-ins. They exist only where the demo app is installed; elsewhere the sign-in refuses them."""

PASSWORD = "trao-demo-2024"  # noqa: S105 - published on purpose, for made-up data only

LOGINS = [
    ("tinh", "Cán bộ tỉnh / Province staff"),
    ("huyen.phanthiet", "Cán bộ thành phố Phan Thiết / Reviewing officer"),
    ("huyen.tuyphong", "Cán bộ huyện Tuy Phong / Reviewing officer"),
    ("xa.muine", "Cán bộ phường Mũi Né / Commune official"),
    ("xa.phuhai", "Cán bộ phường Phú Hài / Commune official"),
    ("lanhdao.muine", "Lãnh đạo phường Mũi Né / Commune leader"),
    ("quantri", "Quản trị / Administrator"),
]
