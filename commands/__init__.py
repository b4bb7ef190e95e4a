"""What a person types: `./portolan COMMAND`. The same verbs as the screens, for scripts and first aid."""
