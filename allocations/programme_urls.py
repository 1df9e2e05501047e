"""The settings of a programme: who pays, who decides, rounds, rules, calendar, area classes."""

from django.urls import path

from allocations.views import programme, programme_facts, rules

app_name = "programme"
OF = "quan-tri/chuong-trinh/<slug:code>/"
ROUND = OF + "dot/<slug:round_code>/"
urlpatterns = [
    path("quan-tri/chuong-trinh/", programme.programmes, name="list"),
    path(OF, programme.general, name="general"),
    path(OF + "nguon/", programme.sources, name="sources"),
    path(OF + "nguon/<int:source_id>/", programme.source, name="source"),
    path(OF + "nguon/them/", programme.source, name="add_source"),
    path(OF + "dot/", programme.rounds, name="rounds"),
    path(OF + "dot-moi/", programme.add_round, name="add_round"),
    path(ROUND, programme.round_settings, name="round"),
    path(ROUND + "ho-tro/", programme.supports, name="supports"),
    path(ROUND + "quy-tac/", rules.versions, name="rules"),
    path(ROUND + "quy-tac/soan/", rules.draft, name="draft"),
    path(ROUND + "quy-tac/bo/", rules.drop, name="drop"),
    path(ROUND + "quy-tac/tac-dong/", rules.effect, name="effect"),
    path(ROUND + "quy-tac/tac-dong/<unit:commune_code>/", rules.changes, name="changes"),
    path(ROUND + "quy-tac/ban-hanh/", rules.publish, name="publish"),
    path(ROUND + "quy-tac/<int:number>/", rules.version, name="version"),
    path(OF + "lich/", programme_facts.calendar, name="calendar"),
    path(OF + "khu-vuc/", programme_facts.area_classes, name="area_classes"),
    path(OF + "khu-vuc/<unit:commune_code>/", programme_facts.area_class, name="area_class"),
    path(OF + "lich-su/", programme_facts.history, name="history"),
]
