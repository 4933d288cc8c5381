"""Coverage and assets as files: CSV and XLSX."""
