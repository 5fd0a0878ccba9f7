"""The steps of a course, one module each: new, build, release, collect, grade, feedback, export."""
