"""English is the second language of Vietnamese offices: the same day-first dates and the same grouping as on paper."""

from config.formats.vi.formats import *  # noqa: F403
