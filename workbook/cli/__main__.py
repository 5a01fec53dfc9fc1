"""`python -m workbook.cli`: the same as `workbook`."""

from workbook.cli import main

if __name__ == "__main__":
    main()
