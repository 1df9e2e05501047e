"""Lists as a malicious examiner would make them: real files in every format, with the answer key beside them."""
