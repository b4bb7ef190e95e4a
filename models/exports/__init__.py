"""What leaves the portal as a file: lists as CSV or XLSX, at once or made by a job, kept for a day."""
