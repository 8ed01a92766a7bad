namespace WebHoster.Infrastructure.Drift;

public sealed class Fsck;
