"""To whom nothing is sent for now, because mail there comes back for what is wrong with us. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crawler.model import Why, because

# One reader, or who pretends to be one, must not stop the mail of others: of few mails to a domain three count, or all
# that went there; of many a fifth.
_LEAST = 3
_SHARE = 0.2
_MOST_DOMAINS = 3  # when so many refuse us, and a fifth of all mail, it is no matter of theirs


@dataclass(frozen=True, slots=True)
class Stops:
    """The domains to which nothing is sent, each with the last refusal; and whether to nobody else either."""

    domains: Mapping[str, Why] = field(default_factory=dict)
    everybody: bool = False

    def why(self, recipient: str) -> Why:
        """Why nothing is sent to an address; nothing when it may be."""
        domain = domain_of(recipient)
        last = self.domains.get(domain) or (next(iter(self.domains.values())) if self.everybody else None)
        return because("sender_stopped", domain=domain, last=last) if last else Why()


def stopped(refused: Mapping[str, tuple[int, Why]], sent: Mapping[str, int]) -> Stops:
    """What follows of so many mails to each domain that came back because of us, of so many that were sent."""
    domains = {
        domain: why
        for domain, (count, why) in refused.items()
        if count >= max(min(_LEAST, sent.get(domain, 0)), _SHARE * sent.get(domain, 0))
    }
    many = sum(count for count, _ in refused.values()) >= _SHARE * sum(sent.values())
    return Stops(domains, everybody=len(domains) >= _MOST_DOMAINS and many)


def domain_of(recipient: str) -> str:
    """Whose server an address is."""
    return recipient.rpartition("@")[2].lower()
