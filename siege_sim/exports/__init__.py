"""Results for other tools: GIS files, CF-NetCDF, HXL, CSV, Parquet, data packages. Written from results alone."""
