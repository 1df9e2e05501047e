"""All administrative units of the country, before and after July 2025, as data; and how they get into the database."""
