"""The planners' page: units × indicators against targets, a unit's gaps, an asset's evidence. Rendered here, no CDN."""
