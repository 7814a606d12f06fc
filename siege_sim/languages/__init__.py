"""Languages of the pages: catalogues of their texts, sentences that are put together, and the glossary."""
