sent ${transfers}
