//! TODO files and the hand-over, read into facts.
