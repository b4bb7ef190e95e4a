"""Documents on paper: HTML from templates/documents, made a PDF by a child process that can reach nothing."""
