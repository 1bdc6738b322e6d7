"""The kit's sample application: one core of routes and pages, and two thin ways to serve it."""
