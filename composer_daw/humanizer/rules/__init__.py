"""The rules of performance of the KTH group (Director Musices), and a few beside them: see `palette`."""
