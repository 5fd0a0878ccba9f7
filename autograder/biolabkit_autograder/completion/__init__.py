"""Who has completed a course: rules, attendance, transcripts, certificates and badges."""
