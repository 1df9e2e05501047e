"""Every round gets its source, its one form of support and version 1 of its rules; every line and quota points at them."""

from django.db import migrations

# The history and the guards are about what officers do; this only says in new columns what the old ones said.
FILL = """
SELECT set_config('app.lo', '0', true), set_config('app.hi', '2000000000', true);

UPDATE allocations_programme SET code = 'ct-' || id;

INSERT INTO allocations_fundingsource (programme_id, code, name, categories, legal_basis)
SELECT programme_id, source,
       CASE source WHEN 'QUY' THEN 'Quỹ Dịch vụ viễn thông công ích Việt Nam' WHEN 'NST' THEN 'Ngân sách tỉnh'
                   WHEN 'DNVT' THEN 'Doanh nghiệp viễn thông' ELSE 'Xã hội hóa' END,
       array_agg(DISTINCT category), ''
  FROM allocations_round CROSS JOIN LATERAL unnest(categories) AS category GROUP BY programme_id, source;

INSERT INTO allocations_roundsupport (round_id, source_id, form, position)
SELECT r.id, s.id, CASE r.device_kind WHEN 'tablet' THEN 'MTB' ELSE 'MAY' END, 1
  FROM allocations_round r JOIN allocations_fundingsource s ON s.programme_id = r.programme_id AND s.code = r.source;

INSERT INTO allocations_ruleversion (round_id, number, state, legal_basis, reason, ties, needs_two, published_at, effect)
SELECT id, 1, CASE state WHEN 'planned' THEN 'draft' ELSE 'published' END, '', '',
       ARRAY['category', 'deprivation', 'members', 'age', 'registered'], false,
       CASE state WHEN 'planned' THEN NULL ELSE now() END, '{}'
  FROM allocations_round;

INSERT INTO allocations_condition (version_id, position, kind, values, legal_basis)
SELECT id, 1, 'no_prior_device', ARRAY[]::varchar[], 'TT 14/2022/TT-BTTTT, Điều 15' FROM allocations_ruleversion;
INSERT INTO allocations_condition (version_id, position, kind, values, legal_basis)
SELECT v.id, 2, 'phone', ARRAY['unknown', 'none', 'basic'], ''
  FROM allocations_ruleversion v JOIN allocations_round r ON r.id = v.round_id WHERE r.refuses_smartphone_owners;

UPDATE allocations_priorityrule p SET version_id = v.id FROM allocations_ruleversion v WHERE v.round_id = p.round_id;

SET CONSTRAINTS ALL IMMEDIATE;  -- a table with checks still waiting cannot be altered
ALTER TABLE allocations_allocation DISABLE TRIGGER USER;
UPDATE allocations_allocation a SET source_id = s.source_id, form = s.form, rule_version_id = v.id
  FROM allocations_roundsupport s, allocations_ruleversion v WHERE s.round_id = a.round_id AND v.round_id = a.round_id;
ALTER TABLE allocations_allocation ENABLE TRIGGER USER;
UPDATE allocations_allocationversion a SET source_id = s.source_id, form = s.form, rule_version_id = v.id
  FROM allocations_roundsupport s, allocations_ruleversion v WHERE s.round_id = a.round_id AND v.round_id = a.round_id;
ALTER TABLE allocations_quota DISABLE TRIGGER USER;
UPDATE allocations_quota q SET source_id = s.source_id, form = s.form
  FROM allocations_roundsupport s WHERE s.round_id = q.round_id;
ALTER TABLE allocations_quota ENABLE TRIGGER USER;
"""


class Migration(migrations.Migration):
    dependencies = [("allocations", "0007_rules_and_supports")]
    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
