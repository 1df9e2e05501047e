"""The import of a commune's list, one step per file: guard, read, decode, layout, mapping, normalise, check."""
