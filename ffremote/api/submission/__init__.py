"""Jobs that clients submit: new ones, and further ones on the inputs of others."""
