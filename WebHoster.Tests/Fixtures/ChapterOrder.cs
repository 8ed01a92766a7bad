using Xunit.Abstractions;
using Xunit.Sdk;

namespace WebHoster.Tests.Fixtures;

/// <summary>The place of a test in a story whose machines take a minute each to make, so that they are made once.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ChapterAttribute(int number) : Attribute
{
    public int Number { get; } = number;
}

public sealed class ChapterOrder : ITestCaseOrderer
{
    public const string Type = "WebHoster.Tests.Fixtures.ChapterOrder";
    public const string Assembly = "WebHoster.Tests";

    public IEnumerable<T> OrderTestCases<T>(IEnumerable<T> testCases) where T : ITestCase => testCases.OrderBy(c =>
        c.TestMethod.Method.GetCustomAttributes(typeof(ChapterAttribute).AssemblyQualifiedName).First().GetConstructorArguments().Cast<int>().First());
}
