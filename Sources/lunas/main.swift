startLunas()
