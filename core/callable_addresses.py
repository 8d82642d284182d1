"""Which addresses of other people's servers may be connected to."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

# An IPv4 address as IPv6-only networks write it.
TRANSLATED = IPv6Network("64:ff9b::/96")


def may_be_called(address: str, is_private: bool) -> bool:
    """Public ones; private ones and this machine's own for a host that may have such."""
    ip = _meant(ip_address(address))
    if ip.is_loopback:
        return is_private
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified or ip.is_reserved or _is_odd(ip):
        return False
    return is_private or ip.is_global


def _meant(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv4Address):
        return ip
    return ip.ipv4_mapped or (IPv4Address(int(ip) & 0xFFFFFFFF) if ip in TRANSLATED else ip)


def _is_odd(ip: IPv4Address | IPv6Address) -> bool:
    """IPv6 that leads elsewhere through a tunnel, or was a private network once."""
    return isinstance(ip, IPv6Address) and bool(ip.sixtofour or ip.teredo or ip.is_site_local or "%" in str(ip))
