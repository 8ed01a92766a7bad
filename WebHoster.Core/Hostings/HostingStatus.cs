namespace WebHoster.Core.Hostings;

/// <summary>What the customer sees.</summary>
public enum HostingStatus { Creating, Running, Starting, Stopping, Stopped, Rebuilding, Deleting, Failed }

/// <summary>What should be; the engine works until it is.</summary>
public enum DesiredState { Running, Stopped, Absent }

/// <summary>Whether the guest answers. Never a reason to change the status: after creation the machine is the customer's.</summary>
public enum HostingHealth { Unknown, Healthy, NoHttp, NoSsh, Unreachable }

/// <summary>Where the sites nginx sends the requests for a slug.</summary>
public enum RouteTarget
{
    /// <summary>The slug is not in nginx's maps: visitors get the 404 page.</summary>
    Withdrawn,

    /// <summary>nginx answers 503 with a page that tells the state, without asking the guest.</summary>
    StatePage,

    /// <summary>nginx passes the request to the guest's address.</summary>
    Guest,
}
