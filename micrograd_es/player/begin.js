// ---- Begin -----------------------------------------------------------------------------------------------------------

wireBoxes();
wireSteps();
wireSight();
wireDetail();
wireWhatIf();
wirePredict();
showView(fitting(0, true));
go(fromAddress());
