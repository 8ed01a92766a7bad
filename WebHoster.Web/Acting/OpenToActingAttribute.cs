namespace WebHoster.Web.Acting;

/// <summary>
/// A page that an administrator sees as the customer for whom they act. Every other page of signed-in people is closed meanwhile: what is
/// secret of a person's, such as passwords, tokens and keys, is on those.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OpenToActingAttribute : Attribute
{
    public static bool Is(Type page) => IsDefined(page, typeof(OpenToActingAttribute), inherit: false);
}
