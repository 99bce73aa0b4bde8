"""What purvey can do, measured: `python -m bench`. The figures go to bench/RESULTS.md."""
