"""Courses made to measure: profiles of those who learn, and a planner that fits exercises to their hours."""
