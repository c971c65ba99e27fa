//! What is staged: the index against HEAD's tree. When the index still knows that tree whole, nothing is walked.
