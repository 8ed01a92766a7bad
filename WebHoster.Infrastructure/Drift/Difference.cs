namespace WebHoster.Infrastructure.Drift;

/// <summary>Something on the host is not what PostgreSQL says, or the other way round.</summary>
/// <param name="Kind">Noun and fault, such as <c>machine-missing</c>.</param>
/// <param name="Subject">Slug, domain, path or number.</param>
/// <param name="Words">What differs, in a sentence.</param>
/// <param name="Mend">What would mend it.</param>
public sealed record Difference(string Kind, string Subject, string Words, string Mend);

/// <summary>What fsck found.</summary>
/// <param name="Pending">Hostings that an unfinished operation owns: not compared.</param>
public sealed record FsckReport(IReadOnlyList<Difference> Differences, int Pending, int Hostings)
{
    public bool Clean => Differences.Count == 0;
}
