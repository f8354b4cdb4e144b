"""Hosts: engines that turn events into audio, each behind the page `hosts.base`."""
