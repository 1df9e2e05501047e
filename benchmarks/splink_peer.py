"""splink as its documentation sets it up, in an environment of its own: `splink_peer.py FIRST SECOND PAIRS` (CSV).

Deterministic rules give the prior, random pairs the u, expectation maximisation the m; pairs of 0.9 and more are kept.
"""

import sys
import warnings

import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

warnings.filterwarnings("ignore")
THRESHOLD = 0.9


def main(first: str, second: str, pairs: str) -> None:
    frames = [pd.read_csv(path, dtype=str, keep_default_na=False).replace("", None) for path in (first, second)]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[
            block_on("number"), block_on("name", "year"), block_on("birth", "given"), block_on("area", "birth"),
        ],
        comparisons=[
            cl.JaroWinklerAtThresholds("name", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("birth", [1, 2]),
            cl.LevenshteinAtThresholds("number", [1]),
            cl.ExactMatch("gender"),
            cl.ExactMatch("area"),
        ],
        additional_columns_to_retain=["household"],
    )  # fmt: skip
    linker = Linker(frames, settings, DuckDBAPI(), input_table_aliases=["first", "second"])
    training = linker.training
    training.estimate_probability_two_random_records_match([block_on("number"), block_on("name", "birth")], recall=0.7)
    training.estimate_u_using_random_sampling(max_pairs=1_000_000)
    training.estimate_parameters_using_expectation_maximisation(block_on("name", "year"))
    training.estimate_parameters_using_expectation_maximisation(block_on("birth"))
    found = linker.inference.predict(threshold_match_probability=THRESHOLD).as_pandas_dataframe()
    found[["household_l", "household_r"]].drop_duplicates().to_csv(pairs, index=False, header=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
