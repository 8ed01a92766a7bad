using WebHoster.Core.Errors;
using WebHoster.Web.Errors;
using Xunit;

namespace WebHoster.Tests.Errors;

[Trait("Category", "Unit")]
public sealed class ApiExceptionHandlerTests
{
    public static TheoryData<Exception, int> Known => new()
    {
        { new NotFoundException("x"), 404 },
        { new ConflictException("x"), 409 },
        { new CapacityException("x"), 503 },
        { new HostException("x", "secret detail"), 503 },
        { new InvalidInputException("field", "x"), 400 },
    };

    [Theory]
    [MemberData(nameof(Known))]
    public void ADomainExceptionKeepsItsMessage(Exception exception, int status)
    {
        var (actual, message, _) = ApiExceptionHandler.Describe(exception);
        Assert.Equal((status, "x"), (actual, message));
    }

    [Fact]
    public void AnUnknownExceptionTellsNothing() =>
        Assert.Equal((500, null, null), ApiExceptionHandler.Describe(new InvalidOperationException("password=hunter2")));

    [Fact]
    public void BadInputNamesItsFields() =>
        Assert.Equal(["field"], ApiExceptionHandler.Describe(new InvalidInputException("field", "x")).Errors!.Keys);
}
