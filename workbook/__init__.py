"""The tooling: the `workbook` command, and what suites, site and grader share."""
