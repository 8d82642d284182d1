"""The colours of states."""

from scheduling.models import Close, CommunityService, Contest

CLOSE = {Close.State.CLOSE: "red", Close.State.UNCLOSE: "green"}
SERVICE = {
    CommunityService.State.SCHEDULE: "blue",
    CommunityService.State.VALIDATED: "green",
    CommunityService.State.INVALIDATED: "red",
}
CONTEST = {Contest.State.PENDING: "amber", Contest.State.ACCEPTED: "green", Contest.State.REFUSED: "red"}
