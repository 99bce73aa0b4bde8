"""Each port's contract, run against each adapter of ours."""
