"""Template tags of the whole product live on the ground floor, where every app may use them."""
