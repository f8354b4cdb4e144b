"""A technique map for the eye: in words, and as a keyboard."""
