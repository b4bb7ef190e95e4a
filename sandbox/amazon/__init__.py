"""The sandbox Amazon: Login with Amazon, the consent page, and the Selling Partner API operations the portal calls."""
