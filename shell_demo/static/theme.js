// Light, dark or the portal's own colors: chosen here, kept in this browser, handed over to billing.
