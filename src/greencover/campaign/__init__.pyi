from .campaign import Campaign as Campaign
