print("netpolc")
